// Reading `name=value` words. Ranges are checked by whoever wrote the command line and by the workload, not here.
#include "parameter.h"

static bool at_end(char letter) { return letter == '\0' || letter == ' '; }

// The text after `prefix` when `text` begins with it.
static const char *skip_prefix(const char *text, const char *prefix) {
    while (*prefix != '\0' && *text == *prefix) {
        text++;
        prefix++;
    }
    return *prefix == '\0' ? text : 0;
}

const char *parameter_find(const char *line, const char *name) {
    while (*line != '\0') {
        const char *rest = skip_prefix(line, name);
        if (rest && *rest == '=') return rest + 1;
        while (!at_end(*line)) line++;
        while (*line == ' ') line++;
    }
    return 0;
}

uint32_t parameter_number(const char *line, const char *name) {
    const char *digit = parameter_find(line, name);
    uint32_t number = 0;
    while (digit && *digit >= '0' && *digit <= '9') number = number * 10 + (uint32_t)(*digit++ - '0');
    return number;
}

bool parameter_is(const char *line, const char *name, const char *word) {
    const char *value = parameter_find(line, name);
    const char *rest = value ? skip_prefix(value, word) : 0;
    return rest && at_end(*rest);
}

// Parameters as they came from the boot loader, completed with the workload's defaults.
#include "settings.h"
#include "layout.h"
#include "text.h"

extern const char boot_command_line[COMMAND_LINE_BYTES];

char parameters[PARAMETERS_BYTES];

void settings_init(void) {
    char *end = text_append(parameters, boot_command_line);
    text_append(text_append(end, " "), default_parameters);
}

// The end of a user program.
#include "user-program.h"

int finish(const struct report *report) {
    char line[REPORT_BYTES];
    write(CONSOLE, line, report_format(line, report));
    return report->ok ? 0 : 1;
}

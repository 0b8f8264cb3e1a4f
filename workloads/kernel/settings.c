// Parameters as they came from the boot loader, completed with the workload's defaults.
#include "settings.h"
#include "paravirt.h"
#include "text.h"

char parameters[PARAMETERS_BYTES];

void settings_init(void) {
    char *end = text_append(parameters, machine_command_line());
    text_append(text_append(end, " "), default_parameters);
}

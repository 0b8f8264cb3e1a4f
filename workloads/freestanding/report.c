// Formatting of a workload's result line. Where it is written to is the caller's business.
#include "report.h"
#include "text.h"

uint32_t report_format(char line[REPORT_BYTES], const struct report *report) {
    char *end = text_append(line, report->name);
    end = text_append(end, ": ");
    end = text_append_decimal(end, report->operations);
    end = text_append(end, " operations, checksum ");
    end = text_append_hexadecimal(end, report->checksum);
    end = text_append(end, report->ok ? ", ok\n" : ", FAILED\n");
    return (uint32_t)(end - line);
}

// Numbers and strings as text. The caller sees to it that the buffer is large enough.
#include "text.h"

char *text_append(char *end, const char *text) {
    while (*text != '\0') *end++ = *text++;
    *end = '\0';
    return end;
}

char *text_append_decimal(char *end, uint32_t number) {
    char digits[11];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return text_append(end, first);
}

char *text_append_hexadecimal(char *end, uint32_t number) {
    for (int shift = 28; shift >= 0; shift -= 4) *end++ = "0123456789abcdef"[(number >> shift) & 15];
    *end = '\0';
    return end;
}

// The pair of interrupt controllers.
#pragma once
#include <stdint.h>

// Interrupts 0 to 15 come at vectors 32 to 47.
void pic_unmask(unsigned line);
// Tells the controllers that the handler of a line is done.
void pic_end_of_interrupt(unsigned line);

// The pair of interrupt controllers.
#pragma once
#include <stdint.h>

// Moves interrupts 0 to 15 to vectors 32 to 47 and masks them all.
void pic_init(void);
void pic_unmask(unsigned line);
// Tells the controllers that the handler of a line is done.
void pic_end_of_interrupt(unsigned line);

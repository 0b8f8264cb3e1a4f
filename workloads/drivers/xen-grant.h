// Grants to the driver domain.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Lets the driver domain read a page, and write it unless told; the reference by which it asks.
uint32_t grant_page(const void *page, bool readonly);
// The driver domain has done with it.
void grant_end(uint32_t reference);

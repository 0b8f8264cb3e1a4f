// The store: texts by path, which tell front ends and back ends of each other.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { STORE_TEXT = 256 };

void store_open(void);
// The text at a path, ended by a zero byte; false when there is none or it is too long.
bool store_read(const char *path, char text[STORE_TEXT]);
// The first of the names below a path.
bool store_first(const char *path, char name[STORE_TEXT]);
uint32_t store_read_number(const char *path, const char *name);
// What is written between the two appears at once.
void store_begin(void);
void store_end(void);
void store_write(const char *path, const char *name, const char *text);
void store_write_number(const char *path, const char *name, uint32_t number);

// Waits until the node `state` below a path has a value; false when the other side is closing.
bool store_await_state(const char *path, uint32_t state);

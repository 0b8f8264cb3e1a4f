// What a descriptor of a process stands for: the console or an end of a pipe, shared by count across fork.
#pragma once
#include <stdint.h>

struct file;

struct file *file_console(void);

// Both ends of a new pipe, the reading one first; false when there is no room.
_Bool file_create_pipe(struct file *ends[2]);

// One more descriptor for the same file. Null stands for a closed descriptor, here and in file_close.
struct file *file_share(struct file *file);
void file_close(struct file *file);

// Number of bytes moved, or -1 where the file does not allow it.
int32_t file_read(struct file *file, void *bytes, uint32_t count);
int32_t file_write(struct file *file, const void *bytes, uint32_t count);

// The table of open files. There is no file system; programs are found in the image, see program.c.
#include "file.h"
#include "console.h"
#include "pipe.h"

enum { MAXIMUM_FILES = 64 };

enum file_kind { FILE_CONSOLE, FILE_PIPE_READER, FILE_PIPE_WRITER };

struct file {
    enum file_kind kind;
    uint32_t references;                        // 0: free
    struct pipe *pipe;
};

static struct file files[MAXIMUM_FILES];

static struct file *file_create(enum file_kind kind, struct pipe *pipe) {
    for (struct file *file = files; file < files + MAXIMUM_FILES; file++) {
        if (file->references) continue;
        *file = (struct file){.kind = kind, .references = 1, .pipe = pipe};
        return file;
    }
    return 0;
}

struct file *file_console(void) { return file_create(FILE_CONSOLE, 0); }

_Bool file_create_pipe(struct file *ends[2]) {
    struct pipe *pipe = pipe_create();
    if (!pipe) return 0;
    ends[0] = file_create(FILE_PIPE_READER, pipe);
    ends[1] = ends[0] ? file_create(FILE_PIPE_WRITER, pipe) : 0;
    if (ends[1]) return 1;
    file_close(ends[0]);
    pipe_close_reader(pipe);
    pipe_close_writer(pipe);
    return 0;
}

struct file *file_share(struct file *file) {
    if (file) file->references++;
    return file;
}

void file_close(struct file *file) {
    if (!file || --file->references > 0) return;
    if (file->kind == FILE_PIPE_READER) pipe_close_reader(file->pipe);
    if (file->kind == FILE_PIPE_WRITER) pipe_close_writer(file->pipe);
}

int32_t file_read(struct file *file, void *bytes, uint32_t count) {
    return file->kind == FILE_PIPE_READER ? pipe_read(file->pipe, bytes, count) : -1;
}

int32_t file_write(struct file *file, const void *bytes, uint32_t count) {
    if (file->kind == FILE_PIPE_WRITER) return pipe_write(file->pipe, bytes, count);
    if (file->kind != FILE_CONSOLE) return -1;
    console_write(bytes, count);
    return (int32_t)count;
}

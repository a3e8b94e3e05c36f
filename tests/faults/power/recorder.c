/* Records every change of the files below one folder, in order: what was written, and what was synced.
 *
 * Loaded into processes by LD_PRELOAD. RECORDED_FOLDER is an absolute path without links; RECORD is the file that
 * all processes append to. tests/faults/power/record.py reads it. Writes through shared mappings are not recorded:
 * nothing that must survive is written that way.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static const char *folder;
static size_t folder_length;
static int record_fd = -1;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("RECORD");
    folder = getenv("RECORDED_FOLDER");
    if (!path || !folder) return;
    folder_length = strlen(folder);
    record_fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* One record in one write, so that those of several processes do not mix. */
static void append(char kind, uint64_t inode, uint64_t offset, const struct iovec *parts, int count) {
    struct { char kind; uint64_t inode, offset, length; } __attribute__((packed)) head = {kind, inode, offset, 0};
    struct iovec all[IOV_MAX];
    if (record_fd < 0) return;
    if (count > IOV_MAX - 1) abort();
    all[0] = (struct iovec){&head, sizeof head};
    for (int i = 0; i < count; i++) {
        all[i + 1] = parts[i];
        head.length += parts[i].iov_len;
    }
    if (syscall(SYS_writev, record_fd, all, count + 1) != (long)(sizeof head + head.length)) abort();
}

static void append_path(char kind, uint64_t inode, const char *path) {
    struct iovec part = {(void *)path, strlen(path)};
    append(kind, inode, 0, &part, 1);
}

static int is_recorded(const char *path) {
    return record_fd >= 0 && !strncmp(path, folder, folder_length) &&
           (path[folder_length] == '/' || !path[folder_length]);
}

/* The path behind a descriptor; false for what is not recorded. */
static int path_of(int fd, char *path) {
    char link[64];
    if (record_fd < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_recorded(path);
}

/* The absolute path of a name below an open directory; false for what is not recorded. */
static int resolve(int directory, const char *name, char *path) {
    char base[PATH_MAX];
    if (record_fd < 0 || !name) return 0;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
    } else {
        if (directory == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of(directory, base)) return 0;
        if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) abort();
    }
    return is_recorded(path);
}

static uint64_t inode_of(int fd) {
    struct stat status;
    return fstat(fd, &status) ? 0 : status.st_ino;
}

static uint64_t inode_at(const char *path) {
    struct stat status;
    return lstat(path, &status) ? 0 : status.st_ino;
}

/* -- files ------------------------------------------------------------------------------------------------- */

static void record_open(int fd, const char *path, int created, int truncated) {
    if (created) append_path('c', inode_of(fd), path);
    else if (truncated) append('t', inode_of(fd), 0, NULL, 0);
}

static int open_recorded(int directory, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int recorded = resolve(directory, name, path);
    int existed = recorded && inode_at(path);
    int fd = syscall(SYS_openat, directory, name, flags, mode);
    if (fd >= 0 && recorded) record_open(fd, path, flags & O_CREAT && !existed, flags & O_TRUNC);
    return fd;
}

#define MODE(flags)                                 \
    mode_t mode = 0;                                \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {        \
        va_list arguments;                          \
        va_start(arguments, flags);                 \
        mode = va_arg(arguments, mode_t);           \
        va_end(arguments);                          \
    }

int open(const char *path, int flags, ...) { MODE(flags) return open_recorded(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_recorded(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return open_recorded(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return open_recorded(at, path, flags, mode); }

static FILE *fopen_recorded(FILE *(*real_fopen)(const char *, const char *), const char *name, const char *mode) {
    char path[PATH_MAX];
    int recorded = resolve(AT_FDCWD, name, path);
    int existed = recorded && inode_at(path);
    FILE *file = real_fopen(name, mode);
    if (file && recorded) record_open(fileno(file), path, mode[0] != 'r' && !existed, mode[0] == 'w');
    return file;
}

FILE *fopen(const char *name, const char *mode) { return fopen_recorded(REAL(fopen), name, mode); }
FILE *fopen64(const char *name, const char *mode) { return fopen_recorded(REAL(fopen64), name, mode); }

/* Record `written` bytes of the parts at an offset, or where the descriptor stood if that is -1. */
static void record_write(int fd, const struct iovec *parts, int count, ssize_t written, off_t offset) {
    char path[PATH_MAX];
    if (written <= 0 || !path_of(fd, path)) return;
    if (offset < 0) offset = lseek(fd, 0, SEEK_CUR) - written;
    for (int i = 0; i < count && written > 0; i++) {
        struct iovec part = parts[i];
        if ((ssize_t)part.iov_len > written) part.iov_len = written;
        append('w', inode_of(fd), offset, &part, 1);
        offset += part.iov_len;
        written -= part.iov_len;
    }
}

ssize_t write(int fd, const void *data, size_t size) {
    ssize_t written = syscall(SYS_write, fd, data, size);
    record_write(fd, &(struct iovec){(void *)data, size}, 1, written, -1);
    return written;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    ssize_t written = syscall(SYS_pwrite64, fd, data, size, offset);
    record_write(fd, &(struct iovec){(void *)data, size}, 1, written, offset);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    ssize_t written = syscall(SYS_writev, fd, parts, count);
    record_write(fd, parts, count, written, -1);
    return written;
}

/* The C library's own buffer is emptied at once, which makes the place of the data certain. */
size_t fwrite(const void *data, size_t size, size_t items, FILE *file) {
    size_t done = REAL(fwrite)(data, size, items, file);
    char path[PATH_MAX];
    if (path_of(fileno(file), path)) {
        if (fflush(file)) return 0;
        record_write(fileno(file), &(struct iovec){(void *)data, size * done}, 1, size * done, -1);
    }
    return done;
}

int ftruncate64(int fd, off64_t size) {
    char path[PATH_MAX];
    int failed = syscall(SYS_ftruncate, fd, size);
    if (!failed && path_of(fd, path)) append('t', inode_of(fd), size, NULL, 0);
    return failed;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* A sync covers what was recorded before it began: its offset is where the record ended then. */
static int sync_recorded(long call, int fd) {
    char path[PATH_MAX];
    struct stat status = {0};
    if (record_fd >= 0) fstat(record_fd, &status);
    int failed = syscall(call, fd);
    if (!failed && path_of(fd, path)) append('s', inode_of(fd), status.st_size, NULL, 0);
    return failed;
}

int fsync(int fd) { return sync_recorded(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_recorded(SYS_fdatasync, fd); }

/* -- directories ------------------------------------------------------------------------------------------- */

int mkdirat(int directory, const char *name, mode_t mode) {
    char path[PATH_MAX];
    int failed = syscall(SYS_mkdirat, directory, name, mode);
    if (!failed && resolve(directory, name, path)) append_path('d', inode_at(path), path);
    return failed;
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

int unlinkat(int directory, const char *name, int flags) {
    char path[PATH_MAX];
    int recorded = resolve(directory, name, path);
    int failed = syscall(SYS_unlinkat, directory, name, flags);
    if (!failed && recorded) append_path('u', 0, path);
    return failed;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int renameat(int from, const char *old, int to, const char *new) {
    char paths[2][PATH_MAX];
    int recorded = resolve(from, old, paths[0]) & resolve(to, new, paths[1]);
    int failed = syscall(SYS_renameat2, from, old, to, new, 0);
    if (!failed && recorded) {
        struct iovec parts[2] = {{paths[0], strlen(paths[0]) + 1}, {paths[1], strlen(paths[1])}};
        append('r', 0, 0, parts, 2);
    }
    return failed;
}

int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

#!/bin/sh
# Builds the test kernels: build.sh [folder]. Without one they replace those beside this file.
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT
cd "$here"
flags="-m32 -march=i686 -std=gnu17 -O2 -ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident -mno-sse -mno-mmx -mno-80387 -nostdlib -Wall -Wextra -Werror"
for source in start.S support.c; do gcc $flags -c -o "$objects/$source.o" "$source"; done
for source in *.c; do
  [ "$source" = support.c ] && continue
  name=${source%.c}
  gcc $flags -c -o "$objects/$name.o" "$source"
  ld -m elf_i386 -nostdlib --build-id=none --strip-all -z noexecstack --no-warn-rwx-segments -T guest.ld -o "$out/$name.elf" "$objects/start.S.o" "$objects/support.c.o" "$objects/$name.o"
done
gcc -m32 -c -o "$objects/legacy.o" legacy.S
ld -m elf_i386 -nostdlib --build-id=none -z noexecstack --no-warn-rwx-segments -T legacy.ld -o "$out/legacy.elf" "$objects/legacy.o"

// Selectors of Xen's flat segments, which every domain finds in its descriptor table, for C and assembly.
#pragma once

#define KERNEL_CODE 0xE019
#define KERNEL_DATA 0xE021
#define USER_CODE 0xE02B
#define USER_DATA 0xE033

// Selectors of the flat segments and the TSS, for C and assembly. Those of user segments carry privilege level 3.
#pragma once

#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1B
#define USER_DATA 0x23
#define TASK_STATE 0x28

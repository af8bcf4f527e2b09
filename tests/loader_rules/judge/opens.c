/* What opens each argument of a program, and says how that went: the program itself, or with -DLIBRARY a library that
 * does so as soon as it is loaded. */
extern void *open_for_test (const char *path);

static void
say (const char *text, long length)
{
  long result;
  __asm__ volatile ("syscall" : "=a" (result) : "0" (1L), "D" (2L), "S" (text), "d" (length) : "rcx", "r11", "memory");
}

static void
open_all (long count, char **names)
{
  for (long at = 1; at < count; at++)
    {
      say ("dlopen\t\t\n", 9);
      say (open_for_test (names[at]) ? "opened\t\t\n" : "failed\t\t\n", 9);
    }
}

#ifdef LIBRARY

__attribute__ ((constructor)) static void
begin (int count, char **names)
{
  open_all (count, names);
}

#else

__attribute__ ((used)) void
begin (long *stack)
{
  long result;
  open_all (stack[0], (char **) (stack + 1));
  __asm__ volatile ("syscall" : "=a" (result) : "0" (231L), "D" (0L) : "rcx", "r11", "memory");
}

__asm__ (".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n\thlt\n");

#endif

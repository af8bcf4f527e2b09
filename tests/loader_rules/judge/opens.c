/* The program of a case with dlopen: it opens each of its arguments, and says how that went. */
extern void *open_for_test (const char *path);

static void
say (const char *text, long length)
{
  long result;
  __asm__ volatile ("syscall" : "=a" (result) : "0" (1L), "D" (2L), "S" (text), "d" (length) : "rcx", "r11", "memory");
}

__attribute__ ((used)) void
begin (long *stack)
{
  char **argv = (char **) (stack + 1);
  long result;
  for (long at = 1; at < stack[0]; at++)
    {
      say ("dlopen\t\t\n", 9);
      say (open_for_test (argv[at]) ? "opened\t\t\n" : "failed\t\t\n", 9);
    }
  __asm__ volatile ("syscall" : "=a" (result) : "0" (231L), "D" (0L) : "rcx", "r11", "memory");
}

__asm__ (".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n\thlt\n");

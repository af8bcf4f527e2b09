# The program of a case under musl: it hands its stack to the judge's library.
	.section .note.GNU-stack,"",@progbits
	.text
	.globl _start
_start:
	mov %rsp, %rdi
	and $-16, %rsp
	call *judge@GOTPCREL(%rip)
	hlt

/* SPDX-License-Identifier: MIT */
/* Process ids that no process has: target.c asks for their group. */
#ifndef FAULTS_MARKS_H
#define FAULTS_MARKS_H

#define MARK_BEGIN 0x70000001 /* main */
#define MARK_READY 0x70000002 /* TERM is welcome */
#define MARK_END 0x70000003

#endif

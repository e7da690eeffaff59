/**
 * Files: the one mechanism for atomic writes, the one for locks, the journal, and what {@code
 * .slots/} keeps. Not exported.
 */
@NullMarked
package dev.credslots.internal.file;

import org.jspecify.annotations.NullMarked;

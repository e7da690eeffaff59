/** Whose the live file is: evidence goes in, a verdict and a plan come out. No input or output. */
@NullMarked
package dev.credslots.verdict;

import org.jspecify.annotations.NullMarked;

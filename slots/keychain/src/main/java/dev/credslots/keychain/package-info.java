/** Token stores of operating systems. */
@NullMarked
package dev.credslots.keychain;

import org.jspecify.annotations.NullMarked;

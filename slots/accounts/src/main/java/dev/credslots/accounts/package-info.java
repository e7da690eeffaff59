/**
 * Which slot is next, when one hits its quota. Callers report how calls ended ({@link
 * dev.credslots.accounts.Outcome}) and ask for the next slot, both of {@link
 * dev.credslots.accounts.RotationBook}; what is remembered between is a {@link
 * dev.credslots.accounts.Rotation}, and what is decided a {@link dev.credslots.accounts.Next}.
 */
@NullMarked
package dev.credslots.accounts;

import org.jspecify.annotations.NullMarked;

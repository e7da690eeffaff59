/**
 * Which slot is next, when one hits its quota. Callers report how calls ended ({@link
 * dev.credslots.accounts.Outcome}) and ask for the next slot, both of {@link
 * dev.credslots.accounts.RotationBook}; what is remembered between is a {@link
 * dev.credslots.accounts.Rotation}, and what is decided a {@link dev.credslots.accounts.Next}.
 *
 * <p>Secrets that belong to no slot, such as a {@link dev.credslots.accounts.LongLivedToken}, are
 * in a {@link dev.credslots.accounts.TokenStore}; {@link dev.credslots.accounts.FileTokenStore}
 * needs nothing but a file.
 */
@NullMarked
package dev.credslots.accounts;

import org.jspecify.annotations.NullMarked;

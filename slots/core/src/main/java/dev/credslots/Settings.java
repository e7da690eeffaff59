package dev.credslots;

import dev.credslots.credential.CredentialFormat;
import dev.credslots.internal.file.Layout;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a manager was built with. Immutable.
 *
 * @param names the slots in their order; empty to discover them
 * @param known the same, for looking one up among thousands
 * @param identityFile the client's, if it has one
 */
record Settings(
    Layout layout,
    CredentialFormat format,
    Optional<List<String>> names,
    Set<String> known,
    Duration grace,
    Duration lockTimeout,
    ExpiryPolicy expiryPolicy,
    int generations,
    Optional<Path> identityFile,
    IdentityPolicy identityPolicy,
    Clock clock,
    Optional<Path> runtimeDirectory,
    Optional<SlotRenewer> renewer,
    List<LockGuard> guards,
    List<SwitchGate> gates,
    List<SlotListener> listeners,
    List<SlotEventListener> eventListeners) {}

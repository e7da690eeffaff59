package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.internal.file.Journal;
import java.util.Optional;

/**
 * What is remembered from the last command that changed something, and who has logged in since.
 *
 * @param chosen the slot an operator last chose
 * @param loggedIn the account in the identity file, only if it differs from what that command left
 *     there: then somebody has logged in
 */
record Memory(Optional<String> chosen, Optional<AccountId> loggedIn) {

  static Memory of(Journal.State journal, Identity identity) {
    return new Memory(journal.chosen(), identity.loggedInSince(journal.known().baseline()));
  }
}

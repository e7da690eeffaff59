package dev.credslots.credential;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code oauthAccount} value of Claude Code's {@code .claude.json}, as the client wrote it:
 * whose login the client believes it uses. Of a client whose credential file itself says whose it
 * is, the same made from that. Immutable and thread-safe; no input or output.
 *
 * @param raw the value's text, byte for byte, without blanks around it; a JSON object
 * @param account whom it names
 */
public record IdentityBlock(String raw, AccountId account) {
  private static final String KEY = "oauthAccount";
  private static final String ACCOUNT = "accountUuid";
  private static final String ORGANIZATION = "organizationUuid";
  private static final String EMAIL = "emailAddress";
  private static final Set<String> ACCOUNT_KEYS = Set.of(ACCOUNT, ORGANIZATION, EMAIL);

  /**
   * @throws IllegalArgumentException if {@code raw} does not name {@code account}
   */
  public IdentityBlock {
    if (!accountIn(raw).equals(Optional.of(account))) {
      throw new IllegalArgumentException("the block does not name the account");
    }
  }

  /**
   * The block of an identity file.
   *
   * @return empty if the file is not one JSON object in UTF-8 or has no block that names an account
   */
  public static Optional<IdentityBlock> in(byte[] identityFile) {
    try {
      return JsonSplice.find(identityFile, KEY)
          .flatMap(span -> of(new String(span.of(identityFile), StandardCharsets.UTF_8)));
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether these bytes are an identity file, with a block or without: one JSON object in UTF-8.
   */
  public static boolean mayBeIn(byte[] identityFile) {
    try {
      JsonSplice.find(identityFile, KEY);
      return true;
    } catch (MalformedJsonException e) {
      return false;
    }
  }

  /**
   * A block that was recorded.
   *
   * @param rawBlock a block's text; blanks around it are left out
   * @return empty if it is not one JSON object with a textual {@code accountUuid} that is not blank
   */
  public static Optional<IdentityBlock> of(String rawBlock) {
    byte[] bytes = rawBlock.getBytes(StandardCharsets.UTF_8);
    if (!new String(bytes, StandardCharsets.UTF_8).equals(rawBlock)) {
      return Optional.empty(); // Half a surrogate pair, which became a question mark.
    }
    try {
      String raw = new String(JsonOutline.soleValue(bytes).of(bytes), StandardCharsets.UTF_8);
      return accountIn(raw).map(account -> new IdentityBlock(raw, account));
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  /**
   * Puts this block into an identity file, in place of the one there or as its last member.
   *
   * @return a new file; every byte outside the value is as it was, all of them if the block is
   *     there already
   * @throws MalformedJsonException if the file is not one JSON object in UTF-8
   */
  public byte[] spliceInto(byte[] identityFile) throws MalformedJsonException {
    return JsonSplice.put(identityFile, raw.getBytes(StandardCharsets.UTF_8), KEY);
  }

  /**
   * A block for an account that a credential file names itself, to be remembered as those of an
   * identity file are.
   *
   * @return empty if the account has no text to be written, as with half a surrogate pair
   */
  public static Optional<IdentityBlock> naming(AccountId account) {
    StringBuilder raw = new StringBuilder("{").append(member(ACCOUNT, account.accountUuid()));
    account.organizationUuid().ifPresent(id -> raw.append(',').append(member(ORGANIZATION, id)));
    account.emailAddress().ifPresent(mail -> raw.append(',').append(member(EMAIL, mail)));
    return of(raw.append('}').toString());
  }

  private static String member(String name, String text) {
    return JsonSplice.quotedText(name) + ':' + JsonSplice.quotedText(text);
  }

  private static Optional<AccountId> accountIn(String raw) {
    try {
      JsonOutline block =
          JsonOutline.of(raw.getBytes(StandardCharsets.UTF_8), ACCOUNT_KEYS::contains);
      Optional<String> organization = text(block, ORGANIZATION);
      Optional<String> email = text(block, EMAIL);
      return text(block, ACCOUNT).map(account -> new AccountId(account, organization, email));
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonOutline block, String name)
      throws MalformedJsonException {
    return block.text(name).filter(text -> !text.isBlank());
  }

  /** Names the account only: the rest of the block says much about a person. */
  @Override
  public String toString() {
    return "IdentityBlock[account=" + account.accountUuid() + "]";
  }
}

package dev.credslots.cli;

import dev.credslots.accounts.Profile;

/** {@code slots profile remove}. */
record ProfileRemove(String name, boolean force, boolean purge, boolean yes)
    implements Command.Request {

  static ProfileRemove parse(Words words) {
    return new ProfileRemove(
        words.required(1), words.has("force"), words.has("purge"), words.has("yes"));
  }

  @Override
  public Reply run(Session session) {
    ProfileSession profiles = new ProfileSession(session);
    boolean there = profiles.registry().find(name).isPresent();
    boolean active = profiles.registry().active().map(name::equals).orElse(false);
    // What would be refused anyhow is not asked about.
    if (there && (force || !active)) {
      session.requireYes(yes, question(profiles.profile(name)));
    }
    return profiles.answer("removed", () -> profiles.profiles().remove(name, force, purge));
  }

  private String question(Profile profile) {
    String what = "remove profile " + name;
    if (!purge) {
      return what;
    }
    return profile instanceof Profile.OAuth oauth
        ? what + " and delete " + oauth.configDirectory() + " with all that is in it"
        : what + " and forget its key";
  }
}

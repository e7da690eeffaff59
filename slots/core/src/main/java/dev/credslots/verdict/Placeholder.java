package dev.credslots.verdict;

/** Gives the package a class: a module cannot export an empty one. */
final class Placeholder {
  private Placeholder() {}
}

package dev.credslots.cli;

import java.util.List;

/** {@code slots completion}: scripts that ask the program itself, so slot names complete too. */
final class CompletionCommand implements Command.Handler {
  static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  private static final String BASH =
      """
      # bash completion for slots
      _slots() {
        local IFS=$'\\n'
        COMPREPLY=($("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
      }
      complete -o default -F _slots slots
      """;

  private static final String ZSH =
      """
      #compdef slots
      # zsh completion for slots
      _slots() {
        local -a candidates
        candidates=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
        candidates=(${candidates:#})
        if (( ${#candidates} )); then
          compadd -- "${candidates[@]}"
        else
          _files
        fi
      }
      if [ "${funcstack[1]}" = _slots ]; then
        _slots "$@"
      else
        compdef _slots slots
      fi
      """;

  private static final String FISH =
      """
      # fish completion for slots
      function __slots_complete
          set -l words (commandline -opc)
          set -l current (commandline -ct)
          command $words[1] __complete -- $words[2..-1] "$current" 2>/dev/null
      end
      complete -c slots -a '(__slots_complete)'
      """;

  @Override
  public Command.Request parse(Words words) {
    String shell = words.required(0);
    return switch (shell) {
      case "bash" -> new Ask(BASH);
      case "zsh" -> new Ask(ZSH);
      case "fish" -> new Ask(FISH);
      default ->
          throw Failure.usage(
              "no completion for " + Plain.quoted(shell) + Nearest.hint(shell, SHELLS),
              "it is bash, zsh or fish");
    };
  }

  private record Ask(String script) implements Command.Request {
    @Override
    public Reply run(Session session) {
      return new TextReply(script);
    }
  }
}

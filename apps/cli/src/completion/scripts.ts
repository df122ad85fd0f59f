/**
 * Completion for bash, zsh and fish: each asks the program itself with  __complete WORDS…,  whose last word is the one that is begun, and
 * reads a candidate per line, with what it is behind a tab. So a script never gets old; where nothing is known, files are completed.
 */

const bash = `# Completion of feagi-trainer and ftr for bash. In ~/.bashrc:  source <(feagi-trainer completion bash)
_feagi_trainer() {
  local line="\${COMP_LINE:0:COMP_POINT}" value mark head kept=""
  local -a words
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  local current="\${words[\${#words[@]}-1]}"
  # Readline replaces only what stands behind the last of these.
  for mark in = : @; do
    head="\${current%"\${current##*"$mark"}"}"
    [[ "$COMP_WORDBREAKS" == *"$mark"* && \${#head} -gt \${#kept} ]] && kept="$head"
  done
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    [[ -n "$value" ]] && COMPREPLY+=("\${value#"$kept"}")
  done < <("\${words[0]/#\\~/$HOME}" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _feagi_trainer feagi-trainer ftr
`

const zsh = `#compdef feagi-trainer ftr
# Completion of feagi-trainer and ftr for zsh. In ~/.zshrc, behind compinit:  source <(feagi-trainer completion zsh)
_feagi_trainer() {
  local value about
  local -a found
  while IFS=$'\\t' read -r value about; do
    found+=("\${value//:/\\:}\${about:+:$about}")
  done < <("\${words[1]/#\\~/$HOME}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe -V 'feagi-trainer' found; else _files; fi
}
compdef _feagi_trainer feagi-trainer ftr
`

const fish = `# Completion of feagi-trainer and ftr for fish:  feagi-trainer completion fish > ~/.config/fish/completions/feagi-trainer.fish
function __feagi_trainer_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c feagi-trainer -f -a '(__feagi_trainer_complete)'
complete -c ftr -f -a '(__feagi_trainer_complete)'
`

const scripts: Readonly<Record<string, string>> = { bash, sh: bash, zsh, fish }

/** The script that `argv`, the words behind the program's name, asks for; those of other shells are the command library's. */
export const completionScript = (argv: ReadonlyArray<string>): string | undefined => {
  const [first = "", shell = ""] = argv.length === 1 ? (argv[0]?.split("=") ?? []) : argv
  return first === "--completions" && argv.length <= 2 ? scripts[shell] : undefined
}

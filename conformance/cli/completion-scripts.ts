// Each script asks the program itself, so that what it offers is what this version parses: `sage-conformance complete --`,
// then the words so far. A line of the answer is a word, a tab, and what it is about; `:files` stands for the shell's own
// completion of files.

const bash = `# completion of sage-conformance for bash: source <(sage-conformance completion bash)
_sage_conformance() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current part value
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current="\${words[\${#words[@]} - 1]}"
  # bash takes = and : for the ends of words, and wants what comes behind them.
  part="\${current##*[=:]}"
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$part")
    else
      [[ $value == *= ]] && compopt -o nospace 2> /dev/null
      COMPREPLY+=("\${value#"\${current%"$part"}"}")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]:1}" 2> /dev/null)
}
complete -F _sage_conformance sage-conformance
`

const zsh = `#compdef sage-conformance
# completion of sage-conformance for zsh: source <(sage-conformance completion zsh)
_sage_conformance() {
  local -a found openings
  local value about files=
  while IFS=$'\\t' read -r value about; do
    if [[ $value == :files ]]; then files=1
    elif [[ $value == *= ]]; then openings+=("$value")
    else found+=("\${value//:/\\\\:}:$about"); fi
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)
  (( $#openings )) && compadd -S '' -a openings
  (( $#found )) && _describe 'sage-conformance' found
  if [[ -n $files ]]; then
    compset -P '*='
    _files
  fi
}
compdef _sage_conformance sage-conformance
`

const fish = `# completion of sage-conformance for fish: sage-conformance completion fish | source
function __sage_conformance
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] "$current" 2> /dev/null)
    if test "$line" = ':files'
      set -l start (string match -r '^.*=' -- "$current")
      for path in (__fish_complete_path (string replace -r '^.*=' '' -- "$current"))
        echo "$start$path"
      end
    else
      echo $line
    end
  end
end
complete -c sage-conformance -f -a '(__sage_conformance)'
`

/** A script for each shell. */
export const completionScripts = { bash, zsh, fish } as const

/** A shell that there is a script for. */
export type Shell = keyof typeof completionScripts

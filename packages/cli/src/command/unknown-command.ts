import type { Command } from "commander";

/**
 * The first name in a command line that should be a command and is none, or undefined. Commander answers `--help` before it
 * looks at names, with the help of what stands above them.
 *
 * @example
 * unknownCommand(program, ["init", "--help"]); // "init"
 */
export function unknownCommand(command: Command, args: readonly string[]): string | undefined {
  // What takes arguments has no commands below it.
  if (command.commands.length === 0) return undefined;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!;
    if (word === "--") return undefined;
    if (word.startsWith("-")) {
      const option = command.options.find(({ short, long }) => short === word || long === word);
      if (option?.required === true) index += 1;
      continue;
    }
    if (word === "help" && command.parent === null) return undefined;
    const below = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    return below === undefined ? word : unknownCommand(below, args.slice(index + 1));
  }
  return undefined;
}

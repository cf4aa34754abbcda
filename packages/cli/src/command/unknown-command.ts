import type { Command } from "commander";

/** A name that is no command, with those that stand where it does. */
export interface UnknownCommand {
  readonly word: string;
  readonly known: readonly string[];
}

/**
 * The first name in a command line that should be a command and is none, or undefined. Commander answers `--help` before it
 * looks at names, with the help of what stands above them.
 *
 * @example
 * unknownCommand(program, ["init", "--help"])?.word; // "init"
 */
export function unknownCommand(command: Command, args: readonly string[]): UnknownCommand | undefined {
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
    if (below !== undefined) return unknownCommand(below, args.slice(index + 1));
    return { word, known: command.commands.map((one) => one.name()) };
  }
  return undefined;
}

/**
 * The command that a command line names, as far as it is known: where its help is.
 *
 * @example
 * commandPath(program, ["keys", "pin", "--ouch"]); // "tideline keys pin"
 */
export function commandPath(command: Command, args: readonly string[]): string {
  const at = args.findIndex((word) => command.commands.some((one) => one.name() === word));
  if (at < 0) return command.name();
  const below = command.commands.find((one) => one.name() === args[at])!;
  return `${command.name()} ${commandPath(below, args.slice(at + 1))}`;
}

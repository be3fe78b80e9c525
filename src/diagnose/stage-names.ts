import { UserFault } from './user-fault.js';
import type { Words } from './words.js';

/**
 * The stages that are meant, by the names that the file gives them; case does not count. What is no name itself may be
 * several of them with commas or semicolons between.
 *
 * @throws UserFault
 */
export function stagesNamed(
  names: readonly string[],
  ids: readonly string[],
  words: Words,
): readonly string[] {
  const plain = (text: string): string => text.trim().toLowerCase();
  const find = (name: string): string | undefined =>
    ids.find((id) => id === name) ?? ids.find((id) => plain(id) === plain(name));
  return names.flatMap((name) => {
    const whole = find(name);
    if (whole !== undefined) return whole;
    const parts = name.split(/[,;]/).filter((part) => part.trim() !== '');
    return (parts.length > 1 ? parts : [name]).map((part) => {
      const found = find(part);
      if (found === undefined) throw new UserFault(words.noSuchStage(part.trim(), ids));
      return found;
    });
  });
}

import { UserFault } from './user-fault.js';
import type { Words } from './words.js';

/** The stages that are meant, by the names that the file gives them; case does not count. @throws UserFault */
export function stagesNamed(
  names: readonly string[],
  ids: readonly string[],
  words: Words,
): readonly string[] {
  const plain = (text: string): string => text.trim().toLowerCase();
  return names.map((name) => {
    const found = ids.find((id) => id === name) ?? ids.find((id) => plain(id) === plain(name));
    if (found === undefined) throw new UserFault(words.noSuchStage(name, ids));
    return found;
  });
}

/** What whoever started the program can mend; its message is all they are shown. */
export class UserFault extends Error {
  override readonly name = 'UserFault';
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user is not allowed to',
  EPERM: 'this user is not allowed to',
  EROFS: 'nothing can be written there',
  EEXIST: 'it is there already, and nothing is written over',
  ENOSPC: 'there is no room left',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
}

/** What a system call on a file came to, in words, with the code that can be looked up. */
export const fileError = (cause: unknown): string => {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === undefined) return message
  const said = words[code]
  return said === undefined ? code : `${said} (${code})`
}

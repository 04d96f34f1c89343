import { parseBase64 } from '../probe/bytes/base64.js'
import { encodeUtf8 } from '../probe/bytes/utf8.js'

/** A plaintext of 1558 bytes that compresses well. */
export const sampleText = encodeUtf8(
  Array.from({ length: 32 }, (_, index) => `part ${index} of a plaintext that is worth compressing\n`).join(''),
)

/**
 * The members that zlib 1.3 makes of {@link sampleText}, by the way it was told to. They are kept because another version
 * of it, or the same on another processor, makes others, and a report must be judged again anywhere.
 */
export const sampleMembers = {
  'the fastest way':
    'H4sIAAAAAAAEA5XRyw3CMBBF0X2qmBIyz4RPORbKxxLElj0SlI8o4e7P7rTcw2arm2Vrr1zOWL9hceSwMuxTexz2rO/W1zHKuU/t7x16QZ+gv0C/QH+F/gb9HfoH9I6D6bDTYqfHTpOdLjttdvrsNNrptOi06LTotOi06LTotOi06LTotOh0otMJTP8ALG5PABYGAAA=',
  'the best way':
    'H4sIAAAAAAACA5XTyw3CMBAG4Xuq2BKyvwmPciyUhyWILXslKB9Rwtzn9mla7mGz1c2ytVcuZ6zfsDhyWBn2qT0Oe9Z36+sY5dyn9u8d9oJ9gv0F9gvsr7C/wf4O+wf1wsBU2CmxU2OnyE6VnTI7dXYK7VRaVFr4ZSotKi0qLSotKi0qLSotKp2odALSPyxuTwAWBgAA',
  'fixed codes':
    'H4sIAAAAAAAEAytILCpRMFDIT1NIVCjISczMK0mtKFEoyUgsUcgsVijPLyrJUEjOzy0oSi0uzsxL5yoAqTckUb0RieqNSVRvQqJ6UxLVm5Go3pxE9RYkqrckNb5IjmBSY9iQ1Cg2JDWODUmNZENSY9mQ1Gg2JDWeDUmNaENSY9qI1Jg2IjkvkxrTRqTGtBGpMW1EakwbkRrTRqTGtBGpMW1EakwbkxrTxiTENAAsbk8AFgYAAA==',
  'a window of 512 bytes':
    'H4sIAAAAAAAAA5XLyQ3CMBBA0TtVTAle4q0cCwViCWLLHgnKR3SQf39v1KlipD+kynjVdur+VdGjqrQlnz71kHt/j7mv1c7nbfy9hd5B76HfoA/QR+gT9Bn6Ar01NFgaHA2eho2GQEOkIdGQaSgwOEODpcHR4GnYaAg0RBoSDZmGAoM3NNjr4Qcsbk8AFgYAAA==',
  'in several blocks, some of them empty':
    'H4sIAAAAAAAAA5TROw6AIBAFwN5TvCO4/j0OMSgkChvYRI9v7G1eP92oK4YWeYeDni4m84/BgjPEijsXC9jypcXXGtPR6OeF9B3pe9IPpB9JP5F+Jv1C+pX9ooPZYWGLhT0WNlnYZflrfgEAAP//lNMxDQAACMAwTQz/3nBAUgG7mr2BOo9Cj0qn0vHLKp1Kp9KpdCqdSqfSqfSq9IL0AQAA//8DACxuTwAWBgAA',
} as const

/** A member of {@link sampleText}. */
export const sampleMember = (name: keyof typeof sampleMembers = 'the best way'): Uint8Array =>
  parseBase64(sampleMembers[name])

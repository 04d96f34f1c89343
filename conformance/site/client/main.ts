import { startSearch } from './search.js'

startSearch()

// On a narrow screen the navigation is closed until it is asked for.
const menu = document.querySelector<HTMLDetailsElement>('.menu')
if (menu && matchMedia('(max-width: 60rem)').matches) menu.open = false

// What names the page in the navigation is to be seen without scrolling there.
const current = menu?.querySelector<HTMLElement>('[aria-current]')
if (menu && current && current.offsetTop > menu.clientHeight) menu.scrollTop = current.offsetTop - menu.clientHeight / 2

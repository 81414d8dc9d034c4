import { mount } from 'svelte';
import App from './App.svelte';
import { openAccess } from './access/open-access.js';
import './style/base.css';

// The token of the address that was printed is in a cookie by now; it need not be seen on the screen, or be copied with a link.
const address = new URL(location.href);
if (address.searchParams.has('token')) {
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address);
}

mount(App, { target: document.getElementById('app')!, props: { access: openAccess(document) } });

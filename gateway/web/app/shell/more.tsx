/**
 * On a phone: the pages that have no place in the bar.
 * @module
 */
import { PageLink, REST } from "./nav.tsx";

export function More() {
  return (
    <nav class="card more">
      {REST.map((page) => (
        <PageLink key={page} page={page} />
      ))}
    </nav>
  );
}

/** Arrays of analyses that the page's own panels read, by name. A published site has no others where nobody asks for them. */
export const ARRAYS_READ = ['embedding', 'cluster', 'run', 'neuron'] as const;

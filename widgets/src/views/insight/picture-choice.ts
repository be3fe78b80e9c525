import { ref } from 'vue';

/** Who reads tables reads them on every page: the choice holds for all pictures while the frame is open. */
export const asTable = ref(false);

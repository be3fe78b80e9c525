export { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';

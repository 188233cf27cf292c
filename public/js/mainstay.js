// @ts-check
// Every page works without this file; it only makes some of them quicker to use.
import { openConfirmationsAsDialogs } from './confirm.js';
import { submitFiltersOnChange, submitOnce } from './forms.js';
import { focusErrors, letNoticesBeDismissed } from './notices.js';
import { offerPasskeys } from './passkeys.js';
import { addQuantitySteppers } from './quantity.js';
import { followVariantChoice } from './variants.js';

openConfirmationsAsDialogs();
submitOnce();
submitFiltersOnChange();
focusErrors();
letNoticesBeDismissed();
offerPasskeys();
addQuantitySteppers();
followVariantChoice();

// The big screen follows its stream and does nothing else.

import { follow } from "./live.js";

follow();

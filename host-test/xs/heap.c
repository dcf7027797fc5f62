// SPDX-License-Identifier: MIT
// What the 32-bit engine says of its heap with each reply: bytes, of slots and chunks together, instead of a count of slots.
#include "xsAll.h"

txU4 __wrap_fxGetCurrentHeapCount(txMachine* the)
{
	return the->currentHeapCount * sizeof(txSlot) + the->currentChunksSize;
}

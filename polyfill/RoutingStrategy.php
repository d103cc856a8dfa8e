<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Which server AmiClientManager::send() and select() take.
 *
 * The classes of the extension are carried out in native code. A class of the application is asked for each action, and may ask
 * others in turn. It may do anything but tick; what it throws passes through, and nothing is sent then.
 */
interface RoutingStrategy
{
    /**
     * Chooses one of the candidates.
     *
     * @param list<RoutingCandidate> $candidates the servers that are ready, in the order in which they were added; never empty
     *     when the client asks
     * @param Action|null $action what is to be sent; null for select()
     *
     * @return string|null the key of a server that is ready; null where none will do, which is an
     *     InvalidConnectionStateException for the caller
     */
    public function select(array $candidates, ?Action $action): ?string;
}

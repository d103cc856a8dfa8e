<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * An action that not every Asterisk has. One that the server is known to lack is refused before it is sent.
 *
 * Known is the release series by the banner, and the release once the server was asked for it, which the first such action of a
 * session does. Whatever is not certain is sent: then the server itself refuses what it does not have.
 */
interface VersionedAction extends Action
{
    /**
     * The first release with the action, one for each release series that got it, such as `['18.19.0', '20.4.0']`: series
     * before the first of these do not have it, those after the last do, and of those between nobody knows. Empty where it is
     * not known.
     *
     * @return list<string>
     */
    public function since(): array;

    /** The first release without the action, such as `21` or `21.0.0`; null where there is none. */
    public function removedIn(): ?string;
}

<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** How names of AMI read in PHP. */
final readonly class Name
{
    /** Acronyms that the next word follows in lower case, so that capitals do not tell where they end. */
    private const string ACRONYMS = 'AGI|AOC|CC|CEL|DAHDI|DB|DND|DTMF|FAX|IAX|MWI|PJSIP|PRI|RTCP|SIP|SKINNY';

    /** `CallerID` is `callerId`, and `UnitAmount(0)` is `unitAmount0`. */
    public static function argument(string $header): string
    {
        $words = array_map(strtolower(...), self::words($header));

        return lcfirst(implode('', array_map(ucfirst(...), $words)));
    }

    /** `QueueMemberStatus` is `QUEUE_MEMBER_STATUS`, and `AOC-D` is `AOC_D`. */
    public static function constant(string $event): string
    {
        return strtoupper(implode('_', self::words($event)));
    }

    /** @return list<string> */
    private static function words(string $name): array
    {
        preg_match_all('/(?:' . self::ACRONYMS . ')(?![A-Z]?[A-Z]{0}$)|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+[0-9]*|[A-Z0-9]+/', $name, $words);

        return $words[0];
    }
}

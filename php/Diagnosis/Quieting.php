<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/**
 * What would make an Asterisk send less: lines of its manager.conf that hold back what is frequent and not listened to.
 */
final readonly class Quieting
{
    /** What is less than this part of a server's events, and of its bytes, is left alone. */
    private const float LEAST_SHARE = 0.01;

    /** Each name is a filter that is tried on each event of each session. */
    private const int MOST_NAMES = 12;

    /** Filters by name came with these releases (asterisk/asterisk#874); 18.25, 20.10, 21.5 and 22.0 were branched before. */
    private const array FILTERS_BY_NAME = [18 => 26, 20 => 11, 21 => 6, 22 => 1];

    public function __construct(private HeardNames $heard) {}

    /**
     * @param list<Rate> $rates of one server
     * @param string $user the name of the section in manager.conf
     * @param string|null $version of Asterisk; null where it is not known
     *
     * @return list<Suggestion> none where nothing is frequent and unheard; else the gentlest first
     */
    public function suggest(array $rates, string $user, ?string $version): array
    {
        $loud = $this->loud($rates);
        if ($loud === []) {
            return [];
        }
        [$all, $allBytes] = [array_sum(array_column($rates, 'events')), array_sum(array_column($rates, 'bytes'))];
        [$events, $bytes] = [array_sum(array_column($loud, 'events')), array_sum(array_column($loud, 'bytes'))];
        $names = array_column($loud, 'name');
        $saves = [$events, $all > 0 ? $events / $all : 0.0, $bytes, $allBytes > 0 ? $bytes / $allBytes : 0.0];

        $suggestions = [];
        $classes = $this->heard->isKnown() ? $this->heard->classes() : null;
        if ($classes !== null) {
            $kept = array_filter($rates, static fn(Rate $rate): bool => \in_array(Catalog::classOf($rate->name), $classes, true));
            [$left, $leftBytes] = [array_sum(array_column($kept, 'events')), array_sum(array_column($kept, 'bytes'))];
            if ($left < $all) {
                $suggestions[] = new Suggestion(
                    'config/ami-client.php, of this server',
                    ["'events' => ['" . implode("', '", $classes) . "'],"],
                    'asks only for the classes of what is listened to; costs Asterisk nothing',
                    $all - $left,
                    ($all - $left) / $all,
                    $allBytes - $leftBytes,
                    $allBytes > 0 ? ($allBytes - $leftBytes) / $allBytes : 0.0,
                );
            }
        }
        $suggestions[] = new Suggestion("manager.conf, section [$user]", $this->filters($names, $version), 'for this user alone', ...$saves);
        $suggestions[] = new Suggestion(
            'manager.conf, section [general]',
            ['disabledevents = ' . implode(',', $names)],
            'for every user of this Asterisk, other applications included; the events are not made at all',
            ...$saves,
        );

        return $suggestions;
    }

    /**
     * @param list<string> $names
     *
     * @return list<string>
     */
    private function filters(array $names, ?string $version): array
    {
        if (self::hasFiltersByName($version)) {
            return array_map(static fn(string $name): string => "eventfilter(action(exclude),name($name)) =", $names);
        }

        // The end of the line is a control character; a longer name that begins alike is another one.
        return ['eventfilter = !^Event: (' . implode('|', $names) . ')[[:cntrl:]]'];
    }

    public static function hasFiltersByName(?string $version): bool
    {
        if ($version === null || preg_match('/^(\d+)\.(\d+)/', $version, $parts) !== 1) {
            return false;
        }
        [$major, $minor] = [(int) $parts[1], (int) $parts[2]];

        return $major > max(array_keys(self::FILTERS_BY_NAME)) || (isset(self::FILTERS_BY_NAME[$major]) && $minor >= self::FILTERS_BY_NAME[$major]);
    }

    /**
     * @param list<Rate> $rates
     *
     * @return list<Rate>
     */
    private function loud(array $rates): array
    {
        [$all, $allBytes] = [array_sum(array_column($rates, 'events')), array_sum(array_column($rates, 'bytes'))];
        $loud = array_filter($rates, fn(Rate $rate): bool => !$this->heard->has($rate->name)
            // What could not be a name in a configuration file was made up by somebody.
            && preg_match('/\A[A-Za-z0-9_-]{1,80}\z/', $rate->name) === 1
            && ($rate->events > self::LEAST_SHARE * $all || $rate->bytes > self::LEAST_SHARE * $allBytes));

        return \array_slice(array_values($loud), 0, self::MOST_NAMES);
    }
}

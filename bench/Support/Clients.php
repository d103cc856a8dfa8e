<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** Which clients there are, and where the code of the others is: never in this repository. */
final class Clients
{
    public const string OURS = 'ours';

    public const string RAW = 'raw';

    /** Packages by the name of their driver. */
    public const array PEERS = [
        'clue' => 'clue/ami-react',
        'pami' => 'marcelog/pami',
        'apntalk' => 'apntalk/ami-client',
    ];

    /**
     * All of them; a peer that is not to be had says why it is left out.
     *
     * @param string $folder what AMI_PEERS names: a Composer project that requires the peers, or a folder with one for each,
     *     by the name of the driver; empty where it is not set
     * @param string $project this project, whose own vendor/ may have them
     *
     * @return list<Client>
     */
    public static function find(string $folder, string $project): array
    {
        $clients = [new Client(self::OURS, 'apn/ami-client'), new Client(self::RAW, "PHP's fread")];
        foreach (self::PEERS as $name => $package) {
            $places = $folder === '' ? [$project] : [$folder, "$folder/$name", $project];
            $found = array_find(
                array_map(static fn(string $place): ?Client => self::at($place, $name, $package), $places),
                static fn(?Client $client): bool => $client !== null,
            );
            $looked = $folder === '' ? 'Composer has not installed it here, and AMI_PEERS is not set' : "it is neither in $folder nor in $folder/$name, nor installed here";
            $clients[] = $found ?? new Client($name, $package, missing: $looked);
        }

        return $clients;
    }

    private static function at(string $place, string $name, string $package): ?Client
    {
        $record = "$place/vendor/composer/installed.php";
        $autoload = "$place/vendor/autoload.php";
        $installed = is_file($record) && is_file($autoload) ? require $record : null;
        $versions = \is_array($installed) ? $installed['versions'] ?? null : null;
        $entry = \is_array($versions) ? $versions[$package] ?? null : null;
        if (!\is_array($entry)) {
            return null;
        }
        $version = \is_string($entry['pretty_version'] ?? null) ? $entry['pretty_version'] : '';
        if (preg_match('/^v?\d/', $version) !== 1 && \is_string($entry['reference'] ?? null)) {
            $version = trim($version . ' ' . substr($entry['reference'], 0, 7));
        }

        return new Client($name, $package, $version, $autoload);
    }
}
